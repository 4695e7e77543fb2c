"""What an agent is sent: who hears what, in which words, and what no longer fits."""
