using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Agency.Tests.Support;

namespace Agency.Tests.Host;

/// <summary>The host in a process of its own, which can be killed. Its clock is the machine's.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var word in (string[])
        [
            Path.Combine(AppContext.BaseDirectory, "Agency.Host.dll"), "--environment=Testing", $"--Data:Folder={folder}", "--Api:Url=http://127.0.0.1:0", "--Portal:Url=http://127.0.0.1:0",
            "--Identity:AllowHttp=true", "--Portal:AllowHttp=true", "--RateLimit:Requests=1000000", "--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Agency=Error",
        ])
        {
            start.ArgumentList.Add(word);
        }

        // Less to compile at each of many starts.
        start.Environment["DOTNET_TieredPGO"] = "0";
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"The host ended before it answered: {Said}"));
    }

    /// <summary>Everything it wrote: addresses, and errors alone.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    public Uri Api => address.Task.Result;

    public static async Task<HostProcess> StartAsync(string folder)
    {
        var host = new HostProcess(folder);
        host.process.Start();
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        await host.address.Task;
        return host;
    }

    /// <summary>As a power cut would: no handler, no flush, no goodbye (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }

        if (line?.TrimStart() is { } text && text.StartsWith("API ", StringComparison.Ordinal))
        {
            address.TrySetResult(new Uri(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        }
    }
}

/// <summary>Harbour and swift at one life of the host.</summary>
internal sealed class HostCallers : IDisposable
{
    private readonly List<Caller> callers = [];
    private readonly List<HttpClient> clients = [];

    public HostCallers(Uri api) => (Harbour, Swift) = (SideOf("harbour", api), SideOf("swift", api));

    public Side Harbour { get; }

    public Side Swift { get; }

    /// <summary>How many answers were given a second time.</summary>
    public int Replayed => callers.Sum(caller => caller.Replayed);

    public void Dispose() => clients.ForEach(client => client.Dispose());

    private Side SideOf(string tenant, Uri api)
    {
        var caller = new Caller(tenant) { InnerHandler = new HttpClientHandler() };
        callers.Add(caller);
        clients.Add(new HttpClient(caller) { BaseAddress = api });
        return new Side(clients[^1]);
    }

    private sealed class Caller(string tenant) : DelegatingHandler
    {
        private Task<string>? token;
        private int replayed;

        public int Replayed => replayed;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            token ??= TokenAsync(request.RequestUri!);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token);
            var answer = await base.SendAsync(request, cancellationToken);
            Interlocked.Add(ref replayed, answer.Headers.Contains("Idempotency-Replayed") ? 1 : 0);
            return answer;
        }

        private async Task<string> TokenAsync(Uri at)
        {
            using var http = new HttpClient { BaseAddress = new Uri(at.GetLeftPart(UriPartial.Authority)) };
            var answer = await Connect.ClientCredentialsAsync(http, $"{tenant}-api", TestDatabase.SecretOf($"{tenant}-api"));
            return answer.GetProperty("access_token").GetString()!;
        }
    }
}
