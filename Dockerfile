# docker build -t airbyte/source-incontact:dev .        (make image: the same, with or without Docker)
#
# Any base with Python 3.10 to 3.13 and its venv module will do. The default is Airbyte's own.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
# Environments, because Debian's Python accepts packages nowhere else: one for pip and the build
# backend, and one that goes into the image and never sees either.
RUN python3 -m venv /opt/tools && python3 -m venv --without-pip /opt/source
ENV PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_QUIET=2 \
    PIP_ROOT_USER_ACTION=ignore
# The locked dependencies first: they change less often than the source.
COPY requirements.txt ./
RUN /opt/tools/bin/pip --python /opt/source/bin/python \
        install --no-compile --require-hashes -r requirements.txt
# The build backend, as locked: without this, pip would fetch the newest one, unchecked.
COPY requirements-dev.txt ./
RUN sed -n '/^poetry-core==/,/[^\\]$/p' requirements-dev.txt > backend.txt \
    && /opt/tools/bin/pip install --require-hashes -r backend.txt
COPY pyproject.toml README.md LICENSE ./
COPY source_incontact ./source_incontact
# The packages' own tests stay behind. The bytecode of what a command imports, Python's own modules
# included, comes along: the image is read-only, and half of each start would be spent compiling.
RUN /opt/tools/bin/pip wheel --no-build-isolation --no-deps --wheel-dir dist . \
    && /opt/tools/bin/pip --python /opt/source/bin/python \
        install --no-compile --no-deps dist/*.whl \
    && find /opt/source/lib -type d -name tests -prune -exec rm -r {} + \
    && PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=/opt/source/bytecode \
        /opt/source/bin/source-incontact spec > /dev/null

FROM ${BASE_IMAGE}
COPY --from=builder /opt/source /opt/source
# Nothing is written outside the temporary directory, bytecode included. And without a limit, glibc
# gives each thread memory of its own to keep: a page that one worker let go of is of no use to another.
ENV MALLOC_ARENA_MAX=2 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPYCACHEPREFIX=/opt/source/bytecode \
    PYTHONUNBUFFERED=1 \
    AIRBYTE_ENTRYPOINT=/opt/source/bin/source-incontact
WORKDIR /tmp
USER 1000:1000
ENTRYPOINT ["/opt/source/bin/source-incontact"]
LABEL io.airbyte.version="0.2.0" \
      io.airbyte.name="airbyte/source-incontact"
