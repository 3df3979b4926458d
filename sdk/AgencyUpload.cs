namespace Agency.Sdk;

/// <summary>A file to send.</summary>
/// <remarks>A stream that can seek is sent again after a fault; one that can't is sent once.</remarks>
/// <param name="content">Its bytes, from where the stream stands. It is left open.</param>
/// <param name="contentType">Its media type, such as <c>text/csv</c>.</param>
public sealed class AgencyUpload(Stream content, string contentType)
{
    /// <summary>Its bytes.</summary>
    public Stream Content { get; } = content ?? throw new ArgumentNullException(nameof(content));

    /// <summary>Its media type.</summary>
    public string ContentType { get; } = contentType ?? throw new ArgumentNullException(nameof(contentType));

    /// <summary>Told how many bytes of it this try has sent.</summary>
    internal Action<long>? Sent { get; set; }
}
