using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agency.Tests.SdkPackage;

/// <summary>
/// A line between a client and the service that fails as lines do: by chance it drops a request before or after it acted, answers 429
/// or 503 itself, delays, or cuts an answer's body. Requests for tokens pass.
/// </summary>
internal sealed class RoughLine : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient service;
    private readonly Lock gate = new();
    private readonly Random random;
    private readonly int percent;
    private readonly Dictionary<string, int> faults = new(StringComparer.Ordinal);

    private RoughLine(WebApplication app, Uri service, int percent, int seed)
    {
        this.app = app;
        this.percent = percent;
        this.service = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = service };
        random = new Random(seed);
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>How often each kind of fault was made.</summary>
    public IReadOnlyDictionary<string, int> Faults => faults;

    public static async Task<RoughLine> StartAsync(Uri service, int percent, int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var line = new RoughLine(builder.Build(), service, percent, seed);
        line.app.Run(line.PassAsync);
        await line.app.StartAsync();
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        service.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var fault = http.Request.Path == "/connect/token" ? null : Draw();
        switch (fault)
        {
            case "dropped before":
                http.Abort();
                return;
            case "429" or "503":
                http.Response.StatusCode = int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture);
                http.Response.Headers.RetryAfter = "0";
                return;
            case "delayed":
                await Task.Delay(20, http.RequestAborted);
                break;
        }

        using var answer = await service.SendAsync(await CopyAsync(http.Request), http.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        if (fault == "dropped after")
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Transfer-Encoding"))
        {
            http.Response.Headers[header.Key] = header.Value.ToArray();
        }

        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(fault == "cut" ? body.AsMemory(0, body.Length / 2) : body, http.RequestAborted);
        if (fault == "cut")
        {
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
        }
    }

    private string? Draw()
    {
        lock (gate)
        {
            if (random.Next(100) >= percent)
            {
                return null;
            }

            string[] kinds = ["dropped before", "dropped after", "429", "503", "delayed", "cut"];
            var kind = kinds[random.Next(kinds.Length)];
            faults[kind] = faults.GetValueOrDefault(kind) + 1;
            return kind;
        }
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), request.Path + request.QueryString) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var header in request.Headers.Where(header => header.Key is not ("Host" or "Content-Length" or "Connection")))
        {
            if (!copy.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray()))
            {
                copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
            }
        }

        return copy;
    }
}
