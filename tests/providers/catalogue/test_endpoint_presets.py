"""The preset servers, and what a configuration changes about them."""

from typing import get_args

import pytest

from backrooms_tui.providers.servers.dialects import DIALECTS
from backrooms_tui.providers.servers.endpoints import PRESETS, is_loopback, with_presets
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import DialectName, EndpointSettings


def test_the_services_that_are_promised_are_preset() -> None:
    assert set(PRESETS) == {
        "openrouter", "google", "deepseek", "xai", "mistral", "groq", "together", "vllm", "lmstudio", "llamacpp",
    }  # fmt: skip
    for name, endpoint in PRESETS.items():
        assert endpoint.name == name
        assert endpoint.dialect in DIALECTS
        # A key never travels in the clear, and what runs on this machine asks for none.
        assert endpoint.base_url.startswith("https://") == (not endpoint.is_loopback)
        assert (endpoint.api_key_env is None) == endpoint.is_loopback


def test_the_configuration_takes_the_dialects_that_there_are() -> None:
    assert set(get_args(DialectName)) == set(DIALECTS)


def test_a_configured_endpoint_changes_only_what_it_names() -> None:
    endpoints = with_presets({"groq": EndpointSettings(api_key_env="MY_KEY", models=["a", "b"])})
    assert endpoints["groq"].base_url == PRESETS["groq"].base_url
    assert (endpoints["groq"].api_key_env, endpoints["groq"].models) == ("MY_KEY", ("a", "b"))
    assert endpoints["mistral"] == PRESETS["mistral"]


def test_a_new_endpoint_needs_only_its_address() -> None:
    lab = with_presets({"lab": EndpointSettings(base_url="https://lab.example.org/v1/")})["lab"]
    assert (lab.base_url, lab.api_key_env, lab.dialect) == ("https://lab.example.org/v1", None, "generic")
    with pytest.raises(OperatorError, match="the endpoint lab has no address") as caught:
        with_presets({"lab": EndpointSettings(models=["x"])})
    assert "[endpoints.lab]" in caught.value.cure


def test_the_key_of_a_service_is_not_asked_for_a_server_on_this_machine() -> None:
    moved = with_presets({"google": EndpointSettings(base_url="http://localhost:4000/v1")})["google"]
    assert (moved.api_key_env, moved.dialect) == (None, "google")
    named = EndpointSettings(base_url="http://localhost:4000/v1", api_key_env="PROXY_KEY")
    assert with_presets({"google": named})["google"].api_key_env == "PROXY_KEY"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://localhost:1/v1", True),
        ("http://api.localhost/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("https://localhost.example.org/v1", False),
        ("https://127.0.0.1.example.org/v1", False),
        ("http://192.168.1.5:8000/v1", False),
        ("https://api.openai.com/v1", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here
