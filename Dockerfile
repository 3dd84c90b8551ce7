# docker build -t airbyte/source-incontact:dev .
#
# Any base with Python 3.10 to 3.13 and its venv module will do. The default is Airbyte's own.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS builder
USER root
# An environment of its own, because Debian's Python accepts packages nowhere else.
RUN python3 -m venv /opt/source
WORKDIR /build
# The locked dependencies first: they change less often than the source.
COPY requirements.txt ./
RUN /opt/source/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY source_incontact ./source_incontact
RUN /opt/source/bin/pip install --no-cache-dir --no-compile --no-deps . \
    && /opt/source/bin/python -m compileall -q -j 0 /opt/source/lib \
    && /opt/source/bin/pip uninstall --yes --quiet pip

FROM ${BASE_IMAGE}
COPY --from=builder /opt/source /opt/source
# Nothing is written outside the temporary directory, bytecode included.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AIRBYTE_ENTRYPOINT=/opt/source/bin/source-incontact
WORKDIR /tmp
USER 1000
ENTRYPOINT ["/opt/source/bin/source-incontact"]
LABEL io.airbyte.version="0.1.0" \
      io.airbyte.name="airbyte/source-incontact"
