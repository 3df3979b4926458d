namespace Agency.Sdk;

/// <summary>A file the API sends. It is read as it comes: dispose of it when it is read.</summary>
public sealed class AgencyFile : IDisposable
{
    private readonly HttpResponseMessage response;

    internal AgencyFile(HttpResponseMessage response, Stream content)
    {
        this.response = response;
        Content = content;
        RawAnswer = Answer.Of(response, ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>The bytes, to be read once.</summary>
    public Stream Content { get; }

    /// <summary>Its media type, such as <c>text/csv</c>.</summary>
    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    /// <summary>The name it is offered under.</summary>
    public string? FileName => response.Content.Headers.ContentDisposition is { } disposition
        ? disposition.FileNameStar ?? disposition.FileName?.Trim('"')
        : null;

    /// <summary>Status and headers.</summary>
    public Answer RawAnswer { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        Content.Dispose();
        response.Dispose();
    }
}
