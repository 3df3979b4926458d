namespace Agency.Api.Http;

/// <summary>What a verb answers with. The request pipeline writes it, gives it its ETag and keeps it for replays.</summary>
public abstract record Answer(int Status, string? Location) : IResult
{
    public abstract object? Body { get; }

    /// <summary>What a replay answers with, when that is less than the body: a secret is shown once and never stored.</summary>
    public object? Kept { get; init; }

    /// <summary>200 with a body.</summary>
    public static Answer<T> Ok<T>(T body) => new(StatusCodes.Status200OK, body, null);

    /// <summary>201: the thing was made, and can be read at the location.</summary>
    public static Answer<T> Created<T>(string location, T body) => new(StatusCodes.Status201Created, body, location);

    /// <summary>202: accepted, worked on in the background; the location tells how it goes.</summary>
    public static Answer<T> Accepted<T>(string location, T body) => new(StatusCodes.Status202Accepted, body, location);

    public Task ExecuteAsync(HttpContext httpContext) =>
        throw new InvalidOperationException("The route is not under the request pipeline: map it on the /v1 group.");
}

/// <inheritdoc cref="Answer"/>
public sealed record Answer<T>(int Status, T Value, string? Location) : Answer(Status, Location)
{
    public override object? Body => Value;
}
