using System.Collections.Frozen;
using System.Reflection;
using Agency.Api.Data;

namespace Agency.Api.Http;

/// <summary>One way the API refuses, from its catalogue: a stable code, the status it answers with, and what it says in both languages.</summary>
/// <param name="Code">Stable, <c>noun.reason</c>: what programs branch on.</param>
/// <param name="Title">English, one sentence, for people.</param>
/// <param name="TitleZh">The same in Chinese.</param>
public sealed record Problem(string Code, int Status, string Title, string TitleZh)
{
    /// <summary>The refusal, to be thrown: the request's transaction is undone and the caller gets this problem.</summary>
    /// <param name="detail">What to mend, when the title does not say it all. Never private data.</param>
    public ProblemException Refuse(string? detail = null) => new(this, detail, []);

    /// <summary>The refusal because of particular fields.</summary>
    public ProblemException Refuse(params FieldError[] errors) => new(this, null, errors);

    /// <summary>The refusal by a rule of the agreement's rule pack.</summary>
    /// <param name="rule">The rule's id, such as <c>CN-CASH-01</c>.</param>
    public ProblemException RefuseBy(string rule) => new(this, null, [], null, rule);

    /// <summary>The refusal because of something that stands in the way, which the caller may see.</summary>
    public ProblemException Refuse(Obstacle obstacle) => new(this, null, [], obstacle);
}

/// <summary>What stands in the way: whoever may can take it away.</summary>
/// <param name="Id">The thing: a hold, a payment.</param>
/// <param name="Kind">Its kind, in the words of where it is read.</param>
public sealed record Obstacle(Id Id, string Kind);

/// <summary>What is wrong with one field.</summary>
/// <param name="Pointer">Where: an RFC 6901 JSON pointer into the request body, <c>?name</c> for a query parameter, or the name of a header.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">What to mend, for people.</param>
public sealed record FieldError(string Pointer, string Code, string Message);

/// <summary>A refusal on its way to the caller.</summary>
public sealed class ProblemException(Problem problem, string? detail, IReadOnlyList<FieldError> errors, Obstacle? obstacle = null, string? rule = null) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;

    public string? Detail { get; } = detail;

    public IReadOnlyList<FieldError> Errors { get; } = errors;

    public Obstacle? Obstacle { get; } = obstacle;

    public string? Rule { get; } = rule;
}

/// <summary>Something that the service stands on did not do its part: the request is undone, logged, and answered with this problem, a 503.</summary>
public class UnavailableException(Problem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    public Problem Problem { get; } = problem;
}

/// <summary>A problem as it is sent (RFC 9457).</summary>
/// <param name="Type">Where the problem is explained.</param>
/// <param name="Title">What happened, in the caller's language.</param>
/// <param name="Status">The HTTP status, repeated.</param>
/// <param name="Code">The stable code to branch on.</param>
/// <param name="Detail">What to mend in this case.</param>
/// <param name="TraceId">Names this request in the service's logs.</param>
/// <param name="Errors">What is wrong field by field.</param>
/// <param name="Obstacle">The thing that stands in the way.</param>
/// <param name="Rule">The rule that forbids it, by its id.</param>
public sealed record ProblemBody(
    string Type, string Title, int Status, string Code, string? Detail, string TraceId, IReadOnlyList<FieldError>? Errors, Obstacle? Obstacle, string? Rule);

/// <summary>Every problem there is, by code: what a problem's <c>type</c> leads to.</summary>
public static class ProblemCatalogue
{
    private static readonly FrozenDictionary<string, Problem> ByCode = typeof(Problem).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(field => field.FieldType == typeof(Problem))
        .Select(field => (Problem)field.GetValue(null)!)
        .ToFrozenDictionary(problem => problem.Code, StringComparer.Ordinal);

    public static IReadOnlyList<Problem> All { get; } = [.. ByCode.Values.OrderBy(problem => problem.Code, StringComparer.Ordinal)];

    /// <summary>A problem's <c>type</c>: where it is explained.</summary>
    public static string AddressOf(Problem problem) => $"/problems/{problem.Code}";

    public static Problem? Find(string code) => ByCode.GetValueOrDefault(code);
}

/// <summary>The problems that any request can meet.</summary>
public static class HttpProblems
{
    public static readonly Problem Malformed = new("request.malformed", 400, "The request can't be read.", "请求无法解析。");
    public static readonly Problem Invalid = new("request.invalid", 422, "Some fields are not valid.", "部分字段不合法。");
    public static readonly Problem UnknownParameter = new("query.unknown_parameter", 400, "The query has a parameter this route does not know.", "查询参数不存在。");
    public static readonly Problem LimitOutOfRange = new("query.limit_out_of_range", 400, "limit must be from 1 to 1000.", "limit 须在 1 至 1000 之间。");
    public static readonly Problem CursorInvalid = new("query.cursor_invalid", 400, "The cursor does not belong to this list: use the next of an answer with the same filters.", "游标与此列表不符，请使用相同筛选条件返回的 next。");
    public static readonly Problem Unauthenticated = new("auth.unauthenticated", 401, "A valid access token is needed.", "需要有效的访问令牌。");
    public static readonly Problem MissingScope = new("auth.missing_scope", 403, "The token does not allow this.", "访问令牌无此权限。");
    public static readonly Problem WrongTenantKind = new("auth.wrong_tenant_kind", 403, "This is for the other side to do.", "此操作须由对方执行。");
    public static readonly Problem PeopleOnly = new("auth.people_only", 403, "This is for a person to do, not for a client on its own.", "此操作须由人员本人执行，不适用于客户端。");
    public static readonly Problem ClientsOnly = new("auth.clients_only", 403, "This is for a client on its own: a person opens a case for work, or reveals it.", "此操作仅限客户端，人员请打开案件作业或揭示信息。");
    public static readonly Problem RouteNotFound = new("route.not_found", 404, "There is no such address.", "地址不存在。");
    public static readonly Problem MethodNotAllowed = new("route.method_not_allowed", 405, "This address does not take that method.", "该地址不支持此方法。");
    public static readonly Problem NotAcceptable = new("request.not_acceptable", 406, "None of the accepted formats can be produced.", "无法提供所请求的格式。");
    public static readonly Problem TooLarge = new("request.too_large", 413, "The request is too large.", "请求过大。");
    public static readonly Problem UnsupportedMediaType = new("request.unsupported_media_type", 415, "The content type is not supported here.", "不支持该内容类型。");
    public static readonly Problem TooManyRequests = new("request.too_many", 429, "Too many requests: wait as long as Retry-After says.", "请求过多，请按 Retry-After 等待。");
    public static readonly Problem KeyTooLong = new("idempotency.key_invalid", 400, "Idempotency-Key must have 1 to 255 characters.", "Idempotency-Key 须为 1 至 255 个字符。");
    public static readonly Problem KeyReused = new("idempotency.key_reused", 422, "This Idempotency-Key was used for another request body.", "该 Idempotency-Key 已用于不同的请求内容。");
    public static readonly Problem KeyInProgress = new("idempotency.in_progress", 409, "A request with this Idempotency-Key is still being worked on: try again.", "使用该 Idempotency-Key 的请求仍在处理，请重试。");
    public static readonly Problem MatchRequired = new("precondition.required", 428, "If-Match is needed: send the ETag you last read.", "需要 If-Match：请发送最近读取的 ETag。");
    public static readonly Problem MatchFailed = new("precondition.failed", 412, "The resource has changed since that ETag: read it again.", "资源已变更，请重新读取。");
    public static readonly Problem Overtaken = new("request.overtaken", 409, "What this stands under was changed meanwhile: read it again.", "相关数据已被变更，请重新读取。");
    public static readonly Problem Busy = new("service.busy", 503, "The service is busy: try again shortly.", "服务繁忙，请稍后重试。");
    public static readonly Problem NotReady = new("service.not_ready", 503, "The service must not serve as it is.", "服务当前状态不可对外提供服务。");
    public static readonly Problem Internal = new("service.internal_error", 500, "The service failed. Send the request again under the same Idempotency-Key.", "服务内部错误，请使用相同的 Idempotency-Key 重试。");

    /// <summary>The problem for a bare status that the framework set.</summary>
    public static Problem ForStatus(int status) => status switch
    {
        400 => Malformed,
        401 => Unauthenticated,
        403 => MissingScope,
        404 => RouteNotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        413 => TooLarge,
        415 => UnsupportedMediaType,
        429 => TooManyRequests,
        503 => Busy,
        < 500 => Malformed with { Status = status },
        _ => Internal,
    };
}
