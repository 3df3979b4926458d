namespace System.Runtime.CompilerServices;

/// <summary>What the compiler looks for to make records on .NET Framework.</summary>
internal static class IsExternalInit;
