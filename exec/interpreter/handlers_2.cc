// Share 2 of the handlers.
#include "exec/interpreter/handlers.h"

namespace weft::exec {

WEFT_DEFINE_HANDLERS(2);

}  // namespace weft::exec
