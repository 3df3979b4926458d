using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agency.Sdk;

/// <summary>One call before it is sent: it can be made into a request as often as it has to be.</summary>
internal sealed class Call(string operation, string method, string template)
{
    private readonly StringBuilder path = new(template);
    private readonly StringBuilder query = new();
    private readonly List<(string Name, string Value)> headers = [];
    private ETag? match;
    private byte[]? json;
    private AgencyUpload? upload;
    private long start;

    public string Operation { get; } = operation;

    public string Method { get; } = method;

    public string Template { get; } = template;

    public bool IsKeyed { get; private set; }

    /// <summary>Whether sending it twice acts once, so that it may be retried after any fault.</summary>
    public bool IsRepeatable => (IsKeyed || Method is "GET") && CanBeSentAgain;

    /// <summary>Whether what it sends can be sent a second time at all.</summary>
    public bool CanBeSentAgain => upload is not { Content.CanSeek: false };

    /// <summary>Whether it sends a file, which takes as long as it takes.</summary>
    public bool IsUpload => upload is not null;

    public Call Keyed()
    {
        IsKeyed = true;
        return this;
    }

    public Call Path(string name, string value) => Replace(name, value ?? throw new ArgumentNullException(name));

    public Call Path(string name, Guid value) => Replace(name, value.ToString());

    public Call Query(string name, string? value)
    {
        if (value is not null)
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public Call Query(string name, int? value) => Query(name, value?.ToString(CultureInfo.InvariantCulture));

    public Call Query(string name, Guid? value) => Query(name, value?.ToString());

    public Call Query(string name, bool? value) => Query(name, value is { } known ? known ? "true" : "false" : null);

    public Call Query(string name, DateOnly? value) => Query(name, value?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public Call Query(string name, DateTimeOffset? value) =>
        Query(name, value?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));

    /// <summary>A value that may be of any characters, which headers can't hold: escaped as in an address.</summary>
    public Call Header(string name, string value)
    {
        headers.Add((name, Uri.EscapeDataString(value ?? throw new ArgumentNullException(name))));
        return this;
    }

    public Call Match(ETag tag)
    {
        match = string.IsNullOrEmpty(tag.Value) ? throw new ArgumentException("The tag is empty; read the thing first, or give ETag.Any.", nameof(tag)) : tag;
        return this;
    }

    public Call Json<T>(T body, JsonTypeInfo<T> type)
        where T : class
    {
        json = JsonSerializer.SerializeToUtf8Bytes(body ?? throw new ArgumentNullException(nameof(body)), type);
        return this;
    }

    public Call Upload(AgencyUpload body)
    {
        upload = body ?? throw new ArgumentNullException(nameof(body));
        start = body.Content.CanSeek ? body.Content.Position : 0;
        return this;
    }

    public HttpRequestMessage ToRequest(Uri? address, string? key, IEnumerable<KeyValuePair<string, string>>? more)
    {
        var relative = path.ToString() + query;
        var request = new HttpRequestMessage(new HttpMethod(Method), address is null ? new Uri(relative, UriKind.Relative) : new Uri(address, relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        if (match is { } tag)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag.Value);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        request.Content = Content();
        foreach (var header in more ?? [])
        {
            // Some headers are the body's, such as Content-Encoding.
            if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        return request;
    }

    private Call Replace(string name, string value)
    {
        path.Replace("{" + name + "}", Uri.EscapeDataString(value));
        return this;
    }

    private HttpContent? Content()
    {
        if (json is not null)
        {
            var content = new ByteArrayContent(json);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return content;
        }

        if (upload is null)
        {
            return null;
        }

        if (upload.Content.CanSeek)
        {
            upload.Content.Position = start;
        }

        var file = new StreamContent(new Sending(upload));
        file.Headers.ContentType = MediaTypeHeaderValue.Parse(upload.ContentType);
        return file;
    }

    // A request disposes of its content; the caller's stream is the caller's, and may be sent again.
    private sealed class Sending(AgencyUpload upload) : Stream
    {
        private readonly Stream inner = upload.Content;
        private long sent;

        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
#if NET
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
#else
            Count(await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false));
#endif

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            sent += read;
            upload.Sent?.Invoke(sent);
            return read;
        }
    }
}
