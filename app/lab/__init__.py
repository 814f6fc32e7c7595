"""What only a real run can tell: the one floor that imports torch, in processes of its own."""
