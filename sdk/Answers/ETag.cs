namespace Agency.Sdk;

/// <summary>Which state of a thing was read: given back in <c>If-Match</c>, a change acts only on that state.</summary>
/// <param name="Value">The tag as it stands in the header, quotes and all.</param>
public readonly record struct ETag(string Value)
{
    /// <summary>Whatever is there; a change that nobody need have read for.</summary>
    public static ETag Any { get; } = new("*");

    /// <inheritdoc />
    public override string ToString() => Value;
}
