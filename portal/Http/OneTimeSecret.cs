namespace Agency.Portal.Http;

/// <summary>
/// What the API gives out once. It is shown in the answer to the form that asked for it and nowhere else: not in an address, a cookie or a log.
/// Sent again, the form acts no second time and the API leaves the secret out.
/// </summary>
/// <param name="Label">What it is.</param>
/// <param name="Of">Whose it is.</param>
/// <param name="Value">The secret; null where it was given out before.</param>
/// <param name="Back">The address to go on at.</param>
public sealed record OneTimeSecret(string Label, string Of, string? Value, string Back);
