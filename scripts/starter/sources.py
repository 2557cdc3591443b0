"""What the starter reads: packages by name, and what it must never read.

A licence is stated here where a package's own files hold it as prose (Debian), and is read from the package's metadata
where that names it (PyPI, npm): a package whose licence is not in PERMISSIVE is left out, and named.
"""

from __future__ import annotations

# Documentation and manuals: name -> (licence, most characters).
DEBIAN: dict[str, tuple[str, int]] = {
    "apache2-doc": ("Apache-2.0", 5_000_000),  # in English, French, German and Spanish
    "bat": ("MIT", 100_000),
    "borgbackup-doc": ("BSD-3-Clause", 700_000),
    "bsdextrautils": ("BSD-3-Clause", 100_000),
    "buildah": ("Apache-2.0", 300_000),
    "curl": ("curl", 400_000),
    "cython-doc": ("Apache-2.0", 600_000),
    "docker-doc": ("Apache-2.0", 1_500_000),
    "docker.io": ("Apache-2.0", 1_000_000),
    "exa": ("MIT", 50_000),
    "fd-find": ("MIT", 100_000),
    "freebsd-manpages": ("BSD-2-Clause", 3_000_000),
    "fzf": ("MIT", 150_000),
    "gh": ("MIT", 600_000),
    "git-lfs": ("MIT", 300_000),
    "glance-doc": ("Apache-2.0", 500_000),
    "golang-1.19-doc": ("BSD-3-Clause", 500_000),
    "hyperfine": ("MIT", 50_000),
    "jq": ("MIT", 200_000),
    "keystone-doc": ("Apache-2.0", 600_000),
    "kicad-doc-de": ("CC-BY-3.0", 1_200_000),
    "kicad-doc-es": ("CC-BY-3.0", 1_200_000),
    "kicad-doc-fr": ("CC-BY-3.0", 1_200_000),
    "kubernetes-client": ("Apache-2.0", 400_000),
    "libarchive-tools": ("BSD-2-Clause", 100_000),
    "llvm-14-doc": ("Apache-2.0", 2_500_000),
    "lxd-client": ("Apache-2.0", 500_000),
    "mandoc": ("ISC", 200_000),
    "mypy-doc": ("MIT", 500_000),
    "nginx-doc": ("BSD-2-Clause", 600_000),
    "nodejs-doc": ("MIT", 2_000_000),
    "nova-doc": ("Apache-2.0", 1_000_000),
    "openssh-client": ("BSD-2-Clause", 300_000),
    "openssh-server": ("BSD-2-Clause", 150_000),
    "perl-doc": ("Artistic", 1_500_000),
    "podman": ("Apache-2.0", 800_000),
    "postgresql-doc-15": ("PostgreSQL", 8_000_000),
    "python-aiohttp-doc": ("Apache-2.0", 400_000),
    "python-attr-doc": ("MIT", 200_000),
    "python-babel-doc": ("BSD-3-Clause", 100_000),
    "python-celery-doc": ("BSD-3-Clause", 1_000_000),
    "python-click-doc": ("BSD-3-Clause", 200_000),
    "python-cryptography-doc": ("Apache-2.0", 500_000),
    "python-dask-doc": ("BSD-3-Clause", 800_000),
    "python-django-doc": ("BSD-3-Clause", 6_000_000),
    "python-flask-doc": ("BSD-3-Clause", 400_000),
    "python-gevent-doc": ("MIT", 300_000),
    "python-h5py-doc": ("BSD-3-Clause", 200_000),
    "python-jinja2-doc": ("BSD-3-Clause", 150_000),
    "python-lxml-doc": ("BSD-3-Clause", 500_000),
    "python-mako-doc": ("MIT", 200_000),
    "python-markdown-doc": ("BSD-3-Clause", 150_000),
    "python-openstackclient-doc": ("Apache-2.0", 400_000),
    "python-pandas-doc": ("BSD-3-Clause", 3_000_000),
    "python-pytest-doc": ("MIT", 1_500_000),
    "python-requests-doc": ("Apache-2.0", 150_000),
    "python-setuptools-doc": ("MIT", 600_000),
    "python-sqlalchemy-doc": ("MIT", 5_000_000),
    "python-statsmodels-doc": ("BSD-3-Clause", 600_000),
    "python-sympy-doc": ("BSD-3-Clause", 700_000),
    "python-tornado-doc": ("Apache-2.0", 300_000),
    "python-werkzeug-doc": ("BSD-3-Clause", 150_000),
    "python3.11": ("PSF-2.0", 2_000_000),  # the news of each release: sentences like those of commit messages
    "python3.11-doc": ("PSF-2.0", 12_000_000),
    "rclone": ("MIT", 1_000_000),
    "restic": ("BSD-2-Clause", 400_000),
    "ripgrep": ("MIT", 200_000),
    "rust-doc": ("MIT OR Apache-2.0", 3_000_000),
    "skopeo": ("Apache-2.0", 100_000),
    "sphinx-doc": ("BSD-2-Clause", 900_000),
    "sqlite3-doc": ("public-domain", 6_000_000),
    "sudo": ("ISC", 300_000),
    "swift-doc": ("Apache-2.0", 700_000),
    "tcl8.6-doc": ("TCL", 400_000),
    "tmux": ("ISC", 200_000),
    "toybox": ("0BSD", 300_000),
    "unbound": ("BSD-3-Clause", 200_000),
    "vagrant": ("MIT", 100_000),
    "zoxide": ("MIT", 50_000),
    "zsh-common": ("MIT-Modern-Variant", 1_500_000),
    "zsh-doc": ("MIT-Modern-Variant", 1_500_000),
}

# Programs and libraries, most of them Python: their sources, and the page they describe themselves with.
PYPI = """
    aiofiles aiohttp airflow alembic altair anthropic anyio apscheduler arrow attrs awscli azure-cli babel beautifulsoup4
    black blinker bokeh boto3 bottle buildbot cachetools cattrs celery cfn-lint channels checkov cherrypy click colorama
    commitizen conan cookiecutter coverage cryptography cython dagster dash dask dbt-core distributed django
    django-filter djangorestframework dnspython docker docopt docutils duckdb dulwich einops elasticsearch environs
    fabric factory-boy faker falcon fastapi feedparser fire flake8 flask flask-login flask-sqlalchemy flax flit
    freezegun gensim gitpython gradio graphene great-expectations gunicorn hatch httpie httpx ibis-framework invoke
    isort jax jinja2 joblib jsonschema kubernetes langchain-core locust loguru luigi lxml markdown marshmallow
    matplotlib mcp meson mistune mitmproxy mkdocs mlflow molecule more-itertools moto mypy networkx nicegui nltk nox
    numba numpy openai openpyxl opentelemetry-api optax optuna packaging pandas paramiko pendulum pexpect pillow pip
    pluggy plumbum poetry polars pre-commit prefect prometheus-client psutil psycopg pydantic pyinstaller pymongo pypdf
    pyramid pyserial pytest python-dateutil python-docx python-dotenv pytz pyyaml ray redis referencing reportlab
    requests responses rich ruff sanic schedule scikit-learn scipy scons scrapy seaborn sentry-sdk setuptools sh
    sortedcontainers sphinx sqlalchemy sqlfluff sqlglot sqlparse starlette statsmodels stevedore strawberry-graphql
    streamlit structlog superset supervisor sympy tenacity textual toml tomli toolz tornado towncrier tox tqdm
    transformers trio twine twisted typer uvicorn vcrpy virtualenv wagtail wandb watchdog websockets werkzeug xarray
    xlsxwriter zeroconf
""".split()

# Only for the shell scripts and the SQL in their sources: what there is most of elsewhere is Python.
PYPI_SOURCES = """
    barbican bats bindep certbot cwltool designate diskimage-builder duckdb ironic-python-agent-builder jc kayobe kolla
    kolla-ansible magnum manila mistral murano networking-ovn neutron nodeenv octavia platformio pwntools sahara
    sahara-image-elements salt snakemake sqlfluff sqlglot sqlparse thefuck thonny toil tripleo-heat-templates
    tripleo-image-elements trove virtualenvwrapper
""".split()

# Mostly for how they explain themselves: Markdown with shell commands, as people write notes.
NPM = """
    @babel/core adm-zip ajv alex angular apollo-server archiver ava aws-cdk axios backbone better-sqlite3 blessed bluebird
    body-parser bookshelf bootstrap boxen browser-sync bull bunyan c8 chai chalk chart.js cheerio chokidar commander
    commitlint compression concurrently conventional-changelog cookie-parser cors coveralls cron cross-env cross-spawn
    csv-parse cypress d3 date-fns dayjs debug depcheck docsify dotenv drizzle-orm ejs ember-cli esbuild eslint execa
    express express-session fastify feathers figlet firebase-tools fluent-ffmpeg forever form-data fs-extra gatsby glob
    got graphql gray-matter grunt gulp handlebars hapi he helmet hexo http-proxy http-proxy-middleware http-server husky
    iconv-lite immer immutable ini inquirer ioredis isomorphic-git jasmine jest jimp joi jquery js-yaml jsdom
    json-server jsonwebtoken karma knex koa kysely leaflet lerna license-checker lint-staged listr2 live-server lodash
    luxon madge markdown-it markdownlint markdownlint-cli marked minimatch mkdirp mobx mocha moment mongoose morgan
    multer mustache mysql2 n nanoid netlify-cli next node-cron node-fetch node-forge node-gyp node-sql-parser nodemailer
    nodemon nodenv np npm npm-check-updates npm-run-all nuxt nvm nyc objection papaparse parcel passport pg pg-promise
    pino playwright-core pm2 pnpm prettier prisma pug puppeteer-core qs ramda react redis redux release-it remark
    request restify rimraf rollup rxjs semantic-release semver sequelize serve serverless sharp shelljs simple-git sinon
    slonik slugify socket.io sql-formatter sql.js sqlite3 ssh2 storybook superagent svelte tailwindcss tap tar terser
    testcafe textlint three toml turbo typeorm typescript underscore unified urql uuid validator vite vitepress vue
    vuepress webdriverio webpack winston write-good ws xml2js yargs yarn yup zod zustand zx
""".split()

PERMISSIVE = (
    "0bsd apache artistic bsd cc-by-3.0 cc-by-4.0 cc0 curl isc mit postgresql psf public-domain python tcl unlicense "
    "zlib hpnd blueoak wtfpl"
).split()
NOT_PERMISSIVE = ("gpl", "sharealike", "by-sa", "by-nc", "mpl", "proprietary", "commercial", "eupl", "cddl", "epl")

# What the measurements use, or resemble too closely: refused as packages, as folders, and as text.
REFUSED_NAMES = (
    "prompt_toolkit", "prompt-toolkit", "ipython", "ptpython", "bpython", "xonsh", "jupyter", "ipykernel", "litecli",
    "pgcli", "mycli", "iredis", "tldr", "tealdeer", "cheat", "navi", "eg", "nl2bash", "nl2sh", "text2sql",
    "text-to-sql", "spider", "wikisql", "advising", "tinyshakespeare", "shakespeare", "til", "datasette",
    "sqlite-utils", "lstm-complete", "repl", "code",
)  # fmt: skip
REFUSED_TEXT = (
    "prompt_toolkit", "prompt-toolkit", "tldr-pages", "nl2bash", "simonwillison", "text-to-sql", "text2sql",
)  # fmt: skip
