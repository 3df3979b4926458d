using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Agency.Sdk;

/// <summary>The way every call goes: token, key, tries, then the answer or the refusal by its meaning.</summary>
internal sealed class Transport(Func<HttpClient> http, AgencyClientOptions options, Tokens? tokens)
{
    private static readonly ActivitySource Activities = new(AgencyClient.ActivitySourceName, UserAgent.Version);
    private readonly ResiliencePipeline<HttpResponse> repeatable = Retries.Repeatable(options);
    private readonly ResiliencePipeline<HttpResponse> once = Retries.Once(options);
    private readonly string userAgent = UserAgent.Of(options.ApplicationName);

    /// <summary>Of a stand-in: what is not overridden says so.</summary>
    public static Transport None { get; } = new(() => throw new NotSupportedException("This operation of the stand-in is not overridden."), new AgencyClientOptions(), null);

    public async Task<T> SendAsync<T>(Call call, JsonTypeInfo<T> type, CallOptions? options, CancellationToken cancellationToken)
        where T : Answered
    {
        using var response = await ExchangeAsync(call, isFile: false, options, cancellationToken).ConfigureAwait(false);
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(response.Answer.Body.Span, type);
        }
        catch (JsonException unreadable)
        {
            throw new AgencyException(call.Operation, response.Answer, null, $"{call.Operation}: the answer can't be read: {unreadable.Message}", unreadable);
        }

        if (value is null)
        {
            throw new AgencyException(call.Operation, response.Answer, null, $"{call.Operation}: the answer is empty.");
        }

        value.RawAnswer = response.Answer;
        return value;
    }

    public async Task SendNoContentAsync(Call call, CallOptions? options, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(call, isFile: false, options, cancellationToken).ConfigureAwait(false);
    }

    public async Task<AgencyFile> SendFileAsync(Call call, CallOptions? options, CancellationToken cancellationToken)
    {
        var response = await ExchangeAsync(call, isFile: true, options, cancellationToken).ConfigureAwait(false);
        return new AgencyFile(response.Open!, await Bodies.OpenAsync(response.Open!.Content, cancellationToken).ConfigureAwait(false));
    }

    private async Task<HttpResponse> ExchangeAsync(Call call, bool isFile, CallOptions? callOptions, CancellationToken cancellationToken)
    {
        using var activity = Activities.StartActivity(call.Operation, ActivityKind.Client);
        activity?.SetTag("http.request.method", call.Method).SetTag("url.template", "/" + call.Template);
        // What is never sent again needs no key, and leaves nothing to remember.
        var key = callOptions?.IdempotencyKey ?? (call.IsKeyed && options.MaxRetries > 0 ? NewKey() : null);
        var tries = 0;
        try
        {
            var response = await (call.IsRepeatable ? repeatable : once).ExecuteAsync(
                async token =>
                {
                    tries++;
                    return await TryAuthorizedAsync(call, key, isFile, callOptions, token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            activity?.SetTag("http.response.status_code", response.StatusCode);
            return response.IsSuccess ? response : throw Refusal(call, response);
        }
        catch (Exception fault) when (Retries.IsFault(fault))
        {
            var refusal = new AgencyConnectionException(call.Operation, fault);
            activity?.SetTag("error.type", fault.GetType().FullName).SetStatus(ActivityStatusCode.Error, fault.Message);
            throw refusal;
        }
        catch (AgencyException refusal)
        {
            activity?.SetTag("error.type", refusal.Code).SetStatus(ActivityStatusCode.Error, refusal.Code);
            throw;
        }
        finally
        {
            activity?.SetTag("http.request.resend_count", tries - 1);
        }
    }

    // A token that was revoked meanwhile is replaced once; credentials that no longer count are refused with the new one too.
    private async Task<HttpResponse> TryAuthorizedAsync(Call call, string? key, bool isFile, CallOptions? callOptions, CancellationToken cancellationToken)
    {
        if (tokens is null)
        {
            return await TryAsync(call, key, token: null, isFile, callOptions, cancellationToken).ConfigureAwait(false);
        }

        var token = await tokens.GetAsync(refused: null, cancellationToken).ConfigureAwait(false);
        var response = await TryAsync(call, key, token, isFile, callOptions, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != 401 || !call.CanBeSentAgain)
        {
            return response;
        }

        response.Dispose();
        token = await tokens.GetAsync(refused: token, cancellationToken).ConfigureAwait(false);
        return await TryAsync(call, key, token, isFile, callOptions, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponse> TryAsync(Call call, string? key, string? token, bool isFile, CallOptions? callOptions, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(options.BaseAddress, key, callOptions?.Headers);
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!call.IsUpload)
        {
            limit.CancelAfter(options.TryTimeout);
        }

        try
        {
            var response = await http().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (isFile && response.IsSuccessStatusCode)
            {
                return new HttpResponse(Answer.Of(response, ReadOnlyMemory<byte>.Empty), response);
            }

            using (response)
            {
                return new HttpResponse(Answer.Of(response, await Bodies.ReadAsync(response.Content, limit.Token).ConfigureAwait(false)));
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("No answer within the time of one try.", late);
        }
    }

    private static AgencyException Refusal(Call call, HttpResponse response)
    {
        response.Dispose();
        return AgencyException.Of(call.Operation, response.Answer);
    }

    private static string NewKey()
    {
        var bytes = new byte[16];
        using var random = RandomNumberGenerator.Create();
        random.GetBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
