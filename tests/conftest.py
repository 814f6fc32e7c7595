"""What every test shares: Hypothesis times nothing, since a busy machine is no defect."""

from hypothesis import HealthCheck, settings

# 40 random variants a test keep the whole suite under two minutes on one core; every run draws new ones
settings.register_profile("house", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
