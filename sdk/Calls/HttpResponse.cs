namespace Agency.Sdk;

/// <summary>What came of one try: an answer read to its end or, for a file, one whose body is still to be read.</summary>
internal sealed class HttpResponse(Answer answer, HttpResponseMessage? open = null) : IDisposable
{
    public Answer Answer { get; } = answer;

    public int StatusCode => Answer.StatusCode;

    public bool IsSuccess => StatusCode is >= 200 and < 300;

    public HttpResponseMessage? Open { get; } = open;

    public void Dispose() => Open?.Dispose();
}
