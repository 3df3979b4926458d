#if NET
using System.Runtime.CompilerServices;

// The netstandard2.0 build has a type of that name; code compiled against it finds the runtime's here.
[assembly: TypeForwardedTo(typeof(DateOnly))]
#endif
