/* What x-authorization and x-authorization-legacy share: headers and bytes. */
#ifndef MACAW_SIGNING_X_AUTHORIZATION_H
#define MACAW_SIGNING_X_AUTHORIZATION_H

#include "signing/scheme.h"

macaw_reason macaw_xauth_read_request(const macaw_request *request, macaw_credentials *ret,
                                      char *detail);
int macaw_xauth_request_base(const macaw_request *request, const macaw_credentials *cred,
                             const macaw_sink *sink);
macaw_reason macaw_xauth_read_response(const macaw_field *fields, size_t count,
                                       macaw_credentials *ret, char *detail);
int macaw_xauth_response_prefix(const macaw_credentials *cred, const macaw_sink *sink);

#endif
