"""Every limit and switch, from the environment: `EXPLORER_<NAME>`. Read by web, lab and the roof only."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Defaults are those of the contract; the README's table is tested against this class."""

    model_config = SettingsConfigDict(env_prefix="EXPLORER_", frozen=True, extra="ignore")

    max_input_side: int = Field(2048, ge=1, le=16384, description="largest height or width of an input, pixels")
    max_input_channels: int = Field(1024, ge=1, description="most channels of a network's input")
    max_module_channels: int = Field(65536, ge=1, description="most channels of a free-standing module's input")
    max_classes: int = Field(100_000, ge=1, description="most outputs of a classifier")
    max_width: int = Field(4096, ge=1, description="most channels of one convolution")
    max_url_bytes: int = Field(8192, ge=256, description="longest path and query, bytes")
    max_body_bytes: int = Field(1_000_000, ge=1024, description="largest request body, bytes")
    max_onnx_mb: int = Field(64, ge=1, le=2000, description="most weights that an ONNX file may have, MB (10^6 bytes)")
    max_sweep_points: int = Field(1_000_000, ge=1, description="most points of a sweep, impossible ones too")
    sweeps_running: int = Field(2, ge=1, description="long sweeps that are answered at once; others are refused")
    sweep_seconds: float = Field(300.0, gt=0, allow_inf_nan=False, description="time limit of a sweep, seconds")
    cache_seconds: int = Field(3600, ge=0, description="how long a cache may keep an answer, seconds")
    cache_mb: int = Field(64, ge=0, description="answers that each server process keeps ready, MB (10^6 bytes)")
    verify_seconds: float = Field(30.0, gt=0, allow_inf_nan=False, description="time limit of a verification, seconds")
    verify_memory_mb: int = Field(1024, ge=512, description="memory limit of the process that verifies, MB")
    verify_waiting: int = Field(8, ge=1, description="verifications running and waiting before others are refused")
    warm_lab: bool = Field(
        True, description="start the process that runs torch with the server, not with the first run"
    )
    jobs_running: int = Field(2, ge=1, description="jobs that run at once")
    jobs_waiting: int = Field(8, ge=0, description="jobs that wait before others are refused")
    jobs_per_client: int = Field(4, ge=1, description="jobs of one client that run and wait")
    jobs_kept: int = Field(100, ge=1, description="ended jobs that are remembered; the oldest are forgotten first")
    jobs_kept_seconds: float = Field(
        3600.0, gt=0, allow_inf_nan=False, description="how long an ended job is remembered, seconds"
    )
    job_seconds: float = Field(300.0, gt=0, allow_inf_nan=False, description="time limit of a job, seconds")
    job_memory_mb: int = Field(2048, ge=512, description="memory limit of a process that runs jobs, MB")
    dask_scheduler: str = Field(
        "",
        pattern=r"^$|^(tcp|tls)://.",
        description="a Dask cluster that runs the jobs instead of this machine, as `tcp://host:8786`",
    )
    shutdown_seconds: int = Field(
        8, ge=1, description="time that requests in flight get when the server stops, seconds"
    )
