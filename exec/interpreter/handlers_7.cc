// Share 7 of the handlers.
#include "exec/interpreter/handlers.h"

namespace weft::exec {

WEFT_DEFINE_HANDLERS(7);

}  // namespace weft::exec
