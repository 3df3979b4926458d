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
    /// <summary>How an agency divides its work among its people is its own, although the bank is told on whose desk a case lies.</summary>
    private static readonly HashSet<string> Internal = new(StringComparer.Ordinal) { "case.distributed", "case.reference_set" };

    private readonly List<AuditEntry> untilAnswered = [];
    private readonly Dictionary<Id, (int With, Id Case)> told = [];
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

    /// <summary>Writes down that this was done, in the same transaction. Where both sides of a case are told of it, both read it.</summary>
    /// <param name="action">The deed as <c>noun.verb</c>, past tense: <c>case.recalled</c>.</param>
    /// <param name="detail">What a reader needs beside it; never private data.</param>
    /// <param name="changes">What it changed, where the answer does not tell: not the subject of the request, or work that nobody asked for.</param>
    public Task AuditAsync(string action, Id subject, string? detail = null, string? changes = null)
    {
        untilAnswered.Add(new AuditEntry(Tenant, NewId(), Now, action, subject, detail, Caller.Person, Caller.Client is "" ? null : Caller.Client, From, changes));
        return Task.CompletedTask;
    }

    /// <summary>The request is about this thing, and answers with it: what becomes different goes into the entry of the deed.</summary>
    internal void Begin(Id id, object before) => subject = (id, before);

    /// <summary>Writes the entries, before the commit: the first of the thing that the request is about says what changed in it.</summary>
    internal async Task AnsweredAsync(object? after = null)
    {
        if (subject is { } thing && untilAnswered.FindIndex(entry => entry.Subject == thing.Id) is >= 0 and var first && after?.GetType() == thing.Before.GetType())
        {
            untilAnswered[first] = untilAnswered[first] with { Changes = BeforeAfter.Between(thing.Before, after) };
        }

        foreach (var entry in untilAnswered)
        {
            await audit.WriteAsync(Db, Share(entry));
        }

        untilAnswered.Clear();
    }

    private AuditEntry Share(AuditEntry entry) =>
        entry.Subject is { } thing && told.TryGetValue(thing, out var both) && !Internal.Contains(entry.Action) ? entry with { SharedWith = both.With, Case = both.Case } : entry;

    /// <summary>Tells both sides that this happened, in the same transaction.</summary>
    internal Task EmitAsync(Event happened) => EmitAllAsync([happened]);

    /// <summary>Tells both sides of many.</summary>
    internal Task EmitAllAsync(IReadOnlyList<Event> happened)
    {
        foreach (var one in happened)
        {
            if (one is { Agency: { } agency, Case: { } @case })
            {
                told[one.Subject] = (Caller.IsBank ? agency : one.Bank, @case);
            }
        }

        return Event.WriteAsync(Db, happened.Select(one => (one, NewId())), Now);
    }

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
