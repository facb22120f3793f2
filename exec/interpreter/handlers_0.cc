// Share 0 of the handlers.
#include "exec/interpreter/handlers.h"

namespace weft::exec {

WEFT_DEFINE_HANDLERS(0);

}  // namespace weft::exec
