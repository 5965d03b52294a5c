# The registry as one image: `oer serve`, `oer worker` and `oer db upgrade` run from it.
FROM node:20-bookworm-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/oer
COPY requirements.lock ./
RUN /opt/oer/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md ./
COPY vocab vocab
COPY registry registry
COPY harvesters harvesters
COPY web web
RUN /opt/oer/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 oer && mkdir -p /srv/oer/var && chown -R oer /srv/oer
COPY --from=build /opt/oer /opt/oer
COPY --from=assets /assets/node_modules /srv/oer/node_modules
ENV PATH=/opt/oer/bin:$PATH OER_DATA_DIR=/srv/oer/var OER_ASSETS_DIR=/srv/oer/node_modules OER_LOG_FORMAT=json \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/oer
USER oer
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["oer", "serve", "--host", "0.0.0.0", "--workers", "2"]
