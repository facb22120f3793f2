// Share 3 of the handlers.
#include "exec/interpreter/handlers.h"

namespace weft::exec {

WEFT_DEFINE_HANDLERS(3);

}  // namespace weft::exec
