"""Every limit and switch, from the environment: `EXPLORER_<NAME>`. Read by web, lab and the roof only."""

import os
from difflib import get_close_matches
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "EXPLORER_"


class Settings(BaseSettings):
    """Defaults are those of the contract; the README's table is tested against this class."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    @model_validator(mode="after")
    def _no_other(self) -> Self:
        """Raises ValueError where the environment has a variable of this prefix that is none of these."""
        known = [f"{PREFIX}{name.upper()}" for name in type(self).model_fields]
        for name in os.environ:
            if name.startswith(PREFIX) and name not in known:
                like = get_close_matches(name, known, 1)
                raise ValueError(f"{name} is no setting" + (f"; {like[0]} is" if like else ""))
        return self

    max_input_side: int = Field(2048, ge=1, le=16384, description="largest height or width of an input, pixels")
    max_input_channels: int = Field(1024, ge=1, description="most channels of a network's input")
    max_module_channels: int = Field(65536, ge=1, description="most channels of a free-standing module's input")
    max_classes: int = Field(100_000, ge=1, description="most outputs of a classifier")
    max_width: int = Field(4096, ge=1, description="most channels of one convolution")
    max_url_bytes: int = Field(8192, ge=256, description="longest path and query, bytes")
    max_head_bytes: int = Field(32_768, ge=1024, description="longest head of a request, bytes")
    head_seconds: float = Field(
        10.0, gt=0, allow_inf_nan=False, description="time in which the head of a request must come, seconds"
    )
    body_seconds: float = Field(30.0, gt=0, allow_inf_nan=False, description="time in which a body must come, seconds")
    request_seconds: float = Field(
        60.0, gt=0, allow_inf_nan=False, description="time in which an answer must begin, seconds"
    )
    send_seconds: float = Field(
        60.0, gt=0, allow_inf_nan=False, description="time in which a client must take what was sent to it, seconds"
    )
    sending_mb: int = Field(
        128, ge=1, description="large answers that are on their way at once, MB (10^6 bytes); others are refused"
    )
    max_connections: int = Field(4096, ge=1, description="connections that are open at once; others are refused")
    max_connections_per_client: int = Field(
        1024, ge=1, description="of them from one client's address; a trusted proxy has as many as it likes"
    )
    max_body_bytes: int = Field(1_000_000, ge=1024, description="largest request body, bytes")
    max_onnx_mb: int = Field(64, ge=1, le=2000, description="most weights that an ONNX file may have, MB (10^6 bytes)")
    max_sweep_points: int = Field(1_000_000, ge=1, description="most points of a sweep, impossible ones too")
    max_job_points: int = Field(100_000_000, ge=1, description="most points of a sweep that is a job")
    sweeps_running: int = Field(2, ge=1, description="long sweeps that are answered at once; others are refused")
    sweep_seconds: float = Field(300.0, gt=0, allow_inf_nan=False, description="time limit of a sweep, seconds")
    cache_seconds: int = Field(3600, ge=0, description="how long a cache may keep an answer, seconds")
    page_cache_seconds: int = Field(
        60, ge=0, description="how long a proxy or CDN may show a page or a file without asking, seconds"
    )
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
    jobs_followers: int = Field(
        200, ge=1, description="clients that follow jobs by their events at once; others are refused"
    )
    jobs_followers_per_client: int = Field(16, ge=1, description="of them from one client's address")
    job_seconds: float = Field(300.0, gt=0, allow_inf_nan=False, description="time limit of a job, seconds")
    job_memory_mb: int = Field(2048, ge=512, description="memory limit of a process that runs jobs, MB")
    server_name: str = Field(
        "",
        pattern=r"^[a-z0-9]*$",
        description="what the ids of this server's jobs begin with, for a proxy that sends those who ask for one here",
    )
    dask_scheduler: str = Field(
        "",
        pattern=r"^$|^(tcp|tls)://.",
        description="a Dask cluster that runs the jobs instead of this machine, as `tcp://host:8786`",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="addresses or networks, with commas, whose `X-Forwarded-For` and `-Proto` count; `*` for all",
    )
    log_requests: bool = Field(False, description="log every request, not only what goes wrong")
    log_json: bool = Field(False, description="write the log on stderr as a JSON object a line")
    tracing: bool = Field(False, description="spans for OpenTelemetry, where its SDK is installed")
    shutdown_seconds: int = Field(
        8, ge=1, description="time that requests in flight get when the server stops, seconds"
    )
