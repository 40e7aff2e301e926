/* macaw/macaw.h: everything. */
#ifndef MACAW_H
#define MACAW_H

#include <macaw/cookie.h>
#include <macaw/handles.h>
#include <macaw/kdf.h>
#include <macaw/keyring.h>
#include <macaw/mac.h>
#include <macaw/replay.h>
#include <macaw/revocation.h>
#include <macaw/session.h>
#include <macaw/signing.h>
#include <macaw/status.h>
#include <macaw/str.h>
#include <macaw/table.h>

#endif
