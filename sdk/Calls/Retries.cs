using System.Globalization;
using Polly;
using Polly.Retry;

namespace Agency.Sdk;

/// <summary>When a call is sent again, and after how long.</summary>
internal static class Retries
{
    /// <summary>For calls that act once however often they are sent: after 408, 429, 5xx and network faults.</summary>
    public static ResiliencePipeline<HttpResponse> Repeatable(AgencyClientOptions options) => Pipeline(options, outcome =>
        outcome.Exception is { } fault ? IsFault(fault) : outcome.Result is { StatusCode: 408 or 429 or >= 500 } answer && IsSoon(answer, options));

    /// <summary>For the others: only where the service says that it has not begun.</summary>
    public static ResiliencePipeline<HttpResponse> Once(AgencyClientOptions options) => Pipeline(options, outcome =>
        outcome.Result is { StatusCode: 429 } answer && IsSoon(answer, options));

    /// <summary>No answer, half an answer, or none in the time of one try.</summary>
    public static bool IsFault(Exception exception) => exception is HttpRequestException or IOException or TimeoutException;

    public static TimeSpan? RetryAfter(Answer? answer)
    {
        if (answer?.Header("Retry-After") is not { } value)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        // Both times are the service's, so a clock that is wrong here changes nothing.
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            && DateTimeOffset.TryParse(answer.Header("Date"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var now)
            ? until > now ? until - now : TimeSpan.Zero
            : null;
    }

    private static bool IsSoon(HttpResponse answer, AgencyClientOptions options) => !(RetryAfter(answer.Answer) > options.LongestRetryDelay);

    private static ResiliencePipeline<HttpResponse> Pipeline(AgencyClientOptions options, Func<Outcome<HttpResponse>, bool> handles) =>
        options.MaxRetries == 0
            ? ResiliencePipeline<HttpResponse>.Empty
            : new ResiliencePipelineBuilder<HttpResponse>()
                .AddRetry(new RetryStrategyOptions<HttpResponse>
                {
                    MaxRetryAttempts = options.MaxRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = options.RetryDelay,
                    MaxDelay = options.LongestRetryDelay,
                    ShouldHandle = arguments => new ValueTask<bool>(handles(arguments.Outcome)),
                    DelayGenerator = arguments => new ValueTask<TimeSpan?>(RetryAfter(arguments.Outcome.Result?.Answer)),
                    OnRetry = arguments =>
                    {
                        arguments.Outcome.Result?.Dispose();
                        return default;
                    },
                })
                .Build();
}
