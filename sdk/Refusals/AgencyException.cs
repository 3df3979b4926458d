using System.Globalization;

namespace Agency.Sdk;

/// <summary>
/// A call that did not succeed. Its kinds say what to do: mend the request (<see cref="AgencyValidationException"/>), look again
/// (<see cref="AgencyNotFoundException"/>, <see cref="AgencyConflictException"/>, <see cref="AgencyPreconditionException"/>), ask for access
/// (<see cref="AgencyUnauthorizedException"/>, <see cref="AgencyForbiddenException"/>), or try later (<see cref="AgencyRateLimitedException"/>,
/// <see cref="AgencyServerException"/>, <see cref="AgencyConnectionException"/>).
/// </summary>
public class AgencyException : Exception
{
    internal AgencyException(string operation, Answer? answer, ProblemBody? problem, string? message = null, Exception? inner = null)
        : base(message ?? Describe(operation, answer, problem), inner)
    {
        Operation = operation;
        RawAnswer = answer;
        Problem = problem;
    }

    /// <summary>The operation that was called, such as <c>Cases_Get</c>.</summary>
    public string Operation { get; }

    /// <summary>The HTTP status; 0 where no answer came.</summary>
    public int StatusCode => RawAnswer?.StatusCode ?? 0;

    /// <summary>The stable code to branch on, such as <c>case.not_found</c>; empty where none came.</summary>
    public string Code => Problem?.Code ?? "";

    /// <summary>Names the request in the service's logs: give it to whoever is asked for help.</summary>
    public string? TraceId => Problem?.TraceId ?? RequestId;

    /// <summary>The id in the answer's header <c>Request-Id</c>.</summary>
    public string? RequestId => RawAnswer?.RequestId;

    /// <summary>The problem as the API tells it.</summary>
    public ProblemBody? Problem { get; }

    /// <summary>The answer as it came; absent where none came.</summary>
    public Answer? RawAnswer { get; }

    internal static AgencyException Of(string operation, Answer answer)
    {
        var problem = Bodies.TryParse(answer.Body, AgencyJson.Default.ProblemBody);
        return answer.StatusCode switch
        {
            400 or 413 or 415 or 422 => new AgencyValidationException(operation, answer, problem),
            401 => new AgencyUnauthorizedException(operation, answer, problem),
            403 => new AgencyForbiddenException(operation, answer, problem),
            404 => new AgencyNotFoundException(operation, answer, problem),
            409 => new AgencyConflictException(operation, answer, problem),
            412 or 428 => new AgencyPreconditionException(operation, answer, problem),
            429 => new AgencyRateLimitedException(operation, answer, problem),
            >= 500 => new AgencyServerException(operation, answer, problem),
            _ => new AgencyException(operation, answer, problem),
        };
    }

    private static string Describe(string operation, Answer? answer, ProblemBody? problem)
    {
        var status = answer?.StatusCode.ToString(CultureInfo.InvariantCulture) ?? "no answer";
        if (problem is null)
        {
            return $"{operation}: {status}.";
        }

        var fields = string.Concat((problem.Errors ?? []).Select(error => $" {error.Pointer}: {error.Message}"));
        return $"{operation}: {status} {problem.Code}: {problem.Title} {problem.Detail}{fields} (trace {problem.TraceId})";
    }
}

/// <summary>400, 413, 415 or 422: the request itself must be mended.</summary>
public sealed class AgencyValidationException : AgencyException
{
    internal AgencyValidationException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }

    /// <summary>What is wrong field by field, each with a JSON pointer into the body that was sent.</summary>
    public IReadOnlyList<FieldError> Errors => Problem?.Errors ?? [];
}

/// <summary>401: no token, or one that does not count any more; also credentials that the authority refuses.</summary>
public sealed class AgencyUnauthorizedException : AgencyException
{
    internal AgencyUnauthorizedException(string operation, Answer answer, ProblemBody? problem, string? message = null)
        : base(operation, answer, problem, message)
    {
    }
}

/// <summary>403: the caller's scopes or role do not allow it.</summary>
public sealed class AgencyForbiddenException : AgencyException
{
    internal AgencyForbiddenException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }
}

/// <summary>404: there is no such thing, or none that the caller may see.</summary>
public sealed class AgencyNotFoundException : AgencyException
{
    internal AgencyNotFoundException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }
}

/// <summary>409: the thing is in a state that does not allow it, which <see cref="AgencyException.Code"/> names.</summary>
public sealed class AgencyConflictException : AgencyException
{
    internal AgencyConflictException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }
}

/// <summary>412 or 428: the thing changed since its tag was read, or no tag was given.</summary>
public sealed class AgencyPreconditionException : AgencyException
{
    internal AgencyPreconditionException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }
}

/// <summary>429, after the retries: too many requests.</summary>
public sealed class AgencyRateLimitedException : AgencyException
{
    internal AgencyRateLimitedException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }

    /// <summary>How long to wait; absent where the API did not say.</summary>
    public TimeSpan? RetryAfter => Retries.RetryAfter(RawAnswer);
}

/// <summary>5xx, after the retries: the service failed. A call with an idempotency key may be sent again under it.</summary>
public sealed class AgencyServerException : AgencyException
{
    internal AgencyServerException(string operation, Answer answer, ProblemBody? problem)
        : base(operation, answer, problem)
    {
    }

    /// <summary>How long to wait; absent where the API did not say.</summary>
    public TimeSpan? RetryAfter => Retries.RetryAfter(RawAnswer);
}

/// <summary>No whole answer came, after the retries. Whether the call acted is not known: send it again under the same idempotency key.</summary>
public sealed class AgencyConnectionException : AgencyException
{
    internal AgencyConnectionException(string operation, Exception inner)
        : base(operation, null, null, $"{operation}: no answer: {inner.Message}", inner)
    {
    }
}
