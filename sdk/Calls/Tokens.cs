using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;

namespace Agency.Sdk;

/// <summary>Access tokens by client credentials: one is fetched for however many callers wait for it, and replaced before it ends.</summary>
internal sealed class Tokens(AgencyClientOptions options, Func<HttpClient> http) : IDisposable
{
    private const string Operation = "Connect_Token";
    private readonly SemaphoreSlim gate = new(1, 1);
    private Token? current;

    /// <param name="refused">A token that the API refused: another is fetched unless that has happened already.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller.</param>
    public async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        if (current is { IsFresh: true } token && token.Value != refused)
        {
            return token.Value;
        }

        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (current is { IsFresh: true } fetched && fetched.Value != refused)
            {
                return fetched.Value;
            }

            current = await FetchAsync(cancellationToken).ConfigureAwait(false);
            return current.Value;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<Token> FetchAsync(CancellationToken cancellationToken)
    {
        var asked = Stopwatch.GetTimestamp();
        var address = options.TokenAddress ?? new Uri(options.BaseAddress!, "connect/token");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Form() };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http().SendAsync(request, cancellationToken).ConfigureAwait(false);
        var body = await Bodies.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal(Answer.Of(response, body));
        }

        return Bodies.TryParse(body, TokenJson.Default.TokenBody) is { AccessToken.Length: > 0 } answer
            ? new Token(answer.AccessToken, asked, TimeSpan.FromSeconds(answer.ExpiresIn ?? 60))
            : throw new HttpRequestException("The token endpoint answered without a token.");
    }

    private FormUrlEncodedContent Form()
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "client_credentials"), new("client_id", options.ClientId!), new("client_secret", options.ClientSecret!),
        ];
        if (options.Scopes.Count > 0)
        {
            form.Add(new("scope", string.Join(" ", options.Scopes)));
        }

        return new FormUrlEncodedContent(form);
    }

    // OAuth tells errors in its own shape, which says what is wrong with the credentials.
    private static AgencyException Refusal(Answer answer)
    {
        if (answer.StatusCode is not (400 or 401))
        {
            return AgencyException.Of(Operation, answer);
        }

        var error = Bodies.TryParse(answer.Body, TokenJson.Default.TokenError);
        return new AgencyUnauthorizedException(Operation, answer, null, $"{Operation}: {answer.StatusCode} {error?.Error}: {error?.Description}");
    }

    // By the running time since it was asked for: a wall clock may be set, and two machines never agree.
    private sealed record Token(string Value, long Asked, TimeSpan Life)
    {
        private static readonly double TicksPerSecond = Stopwatch.Frequency;

        public bool IsFresh => (Stopwatch.GetTimestamp() - Asked) / TicksPerSecond < Life.TotalSeconds - Math.Min(60, Life.TotalSeconds / 5);
    }
}

internal sealed class TokenBody
{
    [JsonPropertyName("access_token")]
    public string AccessToken { get; set; } = "";

    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; set; }
}

internal sealed class TokenError
{
    [JsonPropertyName("error")]
    public string? Error { get; set; }

    [JsonPropertyName("error_description")]
    public string? Description { get; set; }
}

[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokenError))]
internal sealed partial class TokenJson : JsonSerializerContext;
