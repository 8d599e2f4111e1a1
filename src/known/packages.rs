//! Package managers.

use super::Words;

/// Flags of `pip install` that take a value (<https://pip.pypa.io/en/stable/cli/pip_install/>).
pub(crate) static PIP_FLAGS_WITH_VALUE: Words = Words::new(
    "
    -r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links
    --prefix --root --timeout --retries --trusted-host --proxy --cache-dir --platform --python-version --python
    --src --upgrade-strategy --progress-bar --no-binary --only-binary",
);
