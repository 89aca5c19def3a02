# The shell command in a container: docker build -t hearingai . ; docker run --rm -v "$PWD:/data" hearingai --help
# Without words it serves the classifier in the package to other programs, at port 8000.
FROM python:3.12-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE.md ./
COPY inst/python inst/python
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim-bookworm
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    set -- /wheels/hearingai-*.whl && pip install "$1[tensorflow,serve,speech,demo,onnx,litert,parquet,av]"
RUN useradd --create-home --uid 10001 hearing && install --directory --owner=hearing /data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# As Ctrl-C, which Python heeds from its start on.
STOPSIGNAL SIGINT
# The page, which has no such path, is well too.
HEALTHCHECK --start-period=2m --timeout=10s CMD ["python", "-c", "import http.client; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=5); c.request('GET', '/v1/health'); raise SystemExit(c.getresponse().status >= 500)"]
ENTRYPOINT ["hearingai"]
CMD ["serve", "ten-words", "--api", "--host", "0.0.0.0", "--port", "8000"]
