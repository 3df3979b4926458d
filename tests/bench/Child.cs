using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Agency.Bench;

/// <summary>A server in a process of its own. It ends when its input does, so none outlives the run.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int Workers = 4;

    private readonly Process process;

    private Child(Process process, Uri address)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(30) };
    }

    public HttpClient Http { get; }

    public static async Task<Child> StartAsync(string kind, string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["serve", kind, folder]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var started = Process.Start(start)!;
        var address = await started.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"The {kind} server did not start.");
        return new Child(started, new Uri(address));
    }

    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public async Task<long> AllocatedAsync()
    {
        await process.StandardInput.WriteLineAsync("allocated");
        return long.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    /// <summary>Sends the requests, four at a time, and says what the server spent on each.</summary>
    public async Task<Sample> MeasureAsync(int requests, Func<int, HttpRequestMessage> make)
    {
        var (bytes, cpu) = (await AllocatedAsync(), Cpu);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (var at = Interlocked.Increment(ref next); at < requests; at = Interlocked.Increment(ref next))
            {
                using var request = make(at);
                using var answer = await Http.SendAsync(request);
                var body = await answer.Content.ReadAsStringAsync();
                if (!answer.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{request.RequestUri}: {(int)answer.StatusCode} {body}");
                }
            }
        })));
        var spent = Cpu - cpu;
        return Sample.Of(spent, await AllocatedAsync() - bytes, requests);
    }

    public async Task<string> TokenAsync(string clientId)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = Scene.SecretOf(clientId),
        });
        using var answer = await Http.PostAsync(new Uri("/connect/token", UriKind.Relative), form);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Calls as a tenant's client, outside of any measurement.</summary>
    public async Task<JsonElement> CallAsync(string token, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }
}
