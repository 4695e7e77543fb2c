"""Files that go out, one module per format. Each takes a `Record` of a session and writes it to a text stream.

`html`, `jsonl`, `markdown` and `universal_backrooms` are the formats; `report_html` and `report_markdown` tell of a
session with what judges say of it; `file_names` and `landing` bring them to a place.
"""
