(@a x-y$yz"aa"-2)(@"b c" (; ;) ") (;" ;; )
)(func $"\u{41}" (call $A))(func $f end $