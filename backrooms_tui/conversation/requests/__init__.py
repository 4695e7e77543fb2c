"""What agents ask for by themselves: understanding it, asking the operator, doing it, undoing it."""
