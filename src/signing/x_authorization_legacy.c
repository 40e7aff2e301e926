/* x-authorization-legacy: the headers and bytes of x-authorization under
 * SHA-256(message || key), which is no MAC to build on. For peers that cannot
 * change yet; it verifies only. */
#include "signing/x_authorization.h"

static const char *const algs[] = {"sha256-suffix", NULL};

const macaw_scheme macaw_x_authorization_legacy = {
    .name = "x-authorization-legacy",
    .algs = algs,
    .covers = MACAW_COVERS_TARGET,
    .insecure = true,
    .read_request = macaw_xauth_read_request,
    .request_base = macaw_xauth_request_base,
    .read_response = macaw_xauth_read_response,
    .response_prefix = macaw_xauth_response_prefix,
};
