// Share 1 of the handlers.
#include "exec/interpreter/handlers.h"

namespace weft::exec {

WEFT_DEFINE_HANDLERS(1);

}  // namespace weft::exec
