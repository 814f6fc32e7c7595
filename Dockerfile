FROM python:3.11-slim AS builder
# On Linux the default index brings torch's CUDA build, gigabytes of it. To get the small one, pass
# --build-arg TORCH_INDEX_URL=… with the CPU index that pytorch.org's install page prints.
ARG TORCH_INDEX_URL=""
# `cluster` brings Dask along, for the servers, scheduler and workers of compose.yaml
ARG LOCK=run
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/${LOCK}.txt requirements/torch.txt /tmp/requirements/
RUN /venv/bin/pip install --require-hashes -r /tmp/requirements/${LOCK}.txt \
    && /venv/bin/pip install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} -r /tmp/requirements/torch.txt
WORKDIR /srv
COPY app app
COPY static static
COPY templates templates
# Compiled here, as nothing can be written later; unchecked, as the sources never change under it. Whoever runs it may
# read it, whatever the umask of the checkout
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app && chmod -R a+rX .

FROM python:3.11-slim
# Nothing is written outside /tmp, so the root file system can be read-only
ENV PATH="/venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp TMPDIR=/tmp
COPY --from=builder /venv /venv
COPY --from=builder /srv /srv
WORKDIR /srv
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "-m", "app", "--host", "0.0.0.0", "--port", "8000"]
