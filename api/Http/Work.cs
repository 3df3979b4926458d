using System.Net;
using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Tenancy;

namespace Agency.Api.Http;

/// <summary>
/// One request's work: who asks, the open transaction, and the time it happens at. All its writes take effect together when
/// the verb answers, and none do when it refuses.
/// </summary>
internal sealed class Work(Ids ids, TimeProvider clock, PrivateFields privateFields, AuditWriter audit)
{
    private readonly List<Func<CancellationToken, Task>> afterCommit = [];
    private readonly List<AuditEntry> untilAnswered = [];
    private Caller? caller;
    private Session? session;
    private (Id Id, object Before)? subject;

    public Caller Caller => caller ?? throw new InvalidOperationException("The request has no caller yet.");

    public Session Db => session ?? throw new InvalidOperationException("The request has no transaction yet.");

    /// <summary>The caller's tenant number, for statements that seek by it.</summary>
    public int Tenant => Caller.Tenant.Number;

    public PrivateFields PrivateFields => privateFields;

    public Id NewId() => ids.New();

    /// <summary>The instant of this request: every row it writes carries the same one.</summary>
    public DateTimeOffset Now { get; } = TruncateToMillisecond(clock.GetUtcNow());

    /// <summary>The address that the request came from; none for work that nobody asked for.</summary>
    internal IPAddress? From { get; set; }

    /// <summary>When the answer was given that is about to be repeated; null for a request that acts.</summary>
    internal DateTimeOffset? AnswerGivenAt { get; set; }

    /// <summary>Runs the statement with the column that names the caller's side.</summary>
    public Sql Side(SidedSql sql) => Caller.IsBank ? sql.Bank : sql.Agency;

    /// <summary>Refuses callers of the other side, for verbs that are one side's alone.</summary>
    public void Require(TenantKind kind)
    {
        if (Caller.Tenant.Kind != kind)
        {
            throw HttpProblems.WrongTenantKind.Refuse();
        }
    }

    /// <summary>Writes down that this was done, in the same transaction.</summary>
    /// <param name="action">The deed as <c>noun.verb</c>, past tense: <c>case.recalled</c>.</param>
    /// <param name="detail">What a reader needs beside it; never private data.</param>
    /// <param name="changes">What it changed, where the answer does not tell: not the subject of the request, or work that nobody asked for.</param>
    public Task AuditAsync(string action, Id subject, string? detail = null, string? changes = null)
    {
        var entry = new AuditEntry(Tenant, NewId(), Now, action, subject, detail, Caller.Person, Caller.Client is "" ? null : Caller.Client, From, changes);
        if (this.subject?.Id != subject)
        {
            return audit.WriteAsync(Db, entry);
        }

        untilAnswered.Add(entry);
        return Task.CompletedTask;
    }

    /// <summary>The request is about this thing, and answers with it: what becomes different goes into the entry of the deed.</summary>
    internal void Begin(Id id, object before) => subject = (id, before);

    /// <summary>Writes the entries that waited for the answer; the first of them says what changed.</summary>
    internal async Task AnsweredAsync(object? after)
    {
        if (subject is { } thing && untilAnswered is [var first, ..] && after?.GetType() == thing.Before.GetType())
        {
            untilAnswered[0] = first with { Changes = BeforeAfter.Between(thing.Before, after) };
        }

        foreach (var entry in untilAnswered)
        {
            await audit.WriteAsync(Db, entry);
        }
    }

    /// <summary>Tells both sides that this happened, in the same transaction.</summary>
    internal Task EmitAsync(Event happened) => happened.WriteAsync(Db, NewId(), Now);

    /// <summary>Something to do once the writes have taken effect, and only then. It must be safe to lose: a sweep does it again.</summary>
    public void AfterCommit(Func<CancellationToken, Task> step) => afterCommit.Add(step);

    internal void Begin(Caller by, Session open)
    {
        caller = by;
        session = open;
    }

    internal async Task RunAfterCommitAsync()
    {
        foreach (var step in afterCommit)
        {
            await step(CancellationToken.None);
        }
    }

    private static DateTimeOffset TruncateToMillisecond(DateTimeOffset instant) => new(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMillisecond), instant.Offset);
}
