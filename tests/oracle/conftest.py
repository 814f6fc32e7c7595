"""Torch judges here; it keeps to one thread, so that tests in parallel do not wait for each other's."""

import torch

torch.set_num_threads(1)
