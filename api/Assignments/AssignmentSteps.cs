using System.Threading.Channels;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Tenancy;

namespace Agency.Api.Assignments;

/// <summary>What the system has to do next about an assignment.</summary>
internal enum AssignmentStep
{
    Nothing,
    Place,
    Activate,
    GiveBack,
}

/// <summary>
/// What the system does about assignments, a batch a transaction: reserving the accounts of a large one, making the cases of an
/// acknowledged one, giving back those of a rejected or recalled one. Each batch reads under lock what is to be done, so that
/// it may run twice, at once, or after a process was killed.
/// </summary>
internal sealed partial class AssignmentSteps(
    SystemWork system, Database database, TenantStore tenants, EvenSplit split, TimeProvider clock, ILogger<AssignmentSteps> log)
{
    /// <summary>Up to so many accounts are dealt with before the request is answered.</summary>
    public const int AtOnce = 1000;

    /// <summary>How many accounts a transaction takes: few enough that nobody's write waits long for it.</summary>
    public const int Batch = 250;

    private static readonly Sql Pending = new("""
        SELECT s.id
        FROM assignment AS s
        WHERE s.bank_id = @bank AND s.placing = 1
        UNION ALL
        SELECT s.id
        FROM assignment AS s
        WHERE s.bank_id = @bank AND s.ended_at IS NOT NULL AND s.released_at IS NULL
        UNION ALL
        SELECT s.id
        FROM assignment AS s
        INNER JOIN assignment_answer AS w ON w.bank_id = s.bank_id AND w.assignment_id = s.id
        WHERE s.bank_id = @bank AND s.activated_at IS NULL AND s.released_at IS NULL AND s.ended_at IS NULL
            AND (w.answer = 'rejected' OR s.term_start <= @today)
        """);

    private readonly Channel<(int Bank, Id Assignment)> asked = Channel.CreateUnbounded<(int, Id)>();

    /// <summary>The assignments that were asked for, as they come.</summary>
    public IAsyncEnumerable<(int Bank, Id Assignment)> AskedAsync(CancellationToken cancellation) => asked.Reader.ReadAllAsync(cancellation);

    /// <summary>Has it done in the background. Losing this delays it until the next sweep, no more.</summary>
    public Task Later(int bank, Id assignment) => asked.Writer.WriteAsync((bank, assignment)).AsTask();

    /// <summary>Does it now if it is little, else in the background.</summary>
    public Task FollowAsync(int bank, Id assignment, int accounts, CancellationToken cancellation) =>
        accounts <= AtOnce ? RunAsync(bank, assignment, cancellation) : Later(bank, assignment);

    /// <summary>Carries out all that is pending about one assignment.</summary>
    public async Task RunAsync(int bank, Id id, CancellationToken cancellation)
    {
        Id? after = default(Id);
        var step = AssignmentStep.Nothing;
        while (after is { } from)
        {
            (var did, after) = await StepAsync(bank, id, from, step, cancellation);
            step = did;
        }
    }

    /// <summary>Carries out what is pending anywhere, bank by bank.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (var bank in await tenants.BanksAsync(cancellation))
        {
            IReadOnlyList<Id> pending;
            await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank.Number), write: false, cancellation))
            {
                pending = await session.ListAsync<Id>(Pending, new { bank = bank.Number, today = Today }, cancellation);
            }

            foreach (var assignment in pending.Order())
            {
                await TryAsync(bank.Number, assignment, cancellation);
            }
        }
    }

    /// <summary>One that fails must not hold up the others; the next sweep tries it again.</summary>
    public async Task TryAsync(int bank, Id assignment, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(bank, assignment, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogFailure(exception, assignment);
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    // Where to go on is known within a step; another step begins at its beginning.
    private async Task<(AssignmentStep Step, Id? After)> StepAsync(int bank, Id id, Id after, AssignmentStep last, CancellationToken cancellation)
    {
        Id? upTo = null;
        await using (var session = await database.OpenAsync(TenantContext.SystemFor(bank), write: false, cancellation))
        {
            if (await Standing.FindAsync(session, bank, id, cancellation) is not { } seen || seen.Next(Today) == AssignmentStep.Nothing)
            {
                return (AssignmentStep.Nothing, null);
            }

            upTo = seen.Next(Today) == AssignmentStep.Place ? await Placing.EndOfNextAsync(session, seen, cancellation) : null;
        }

        var step = AssignmentStep.Nothing;
        Id? next = null;
        await system.RunAsync(bank, async work =>
        {
            var assignment = await Standing.LockAsync(work.Db, bank, id) ?? throw AssignmentProblems.NotFound.Refuse();
            step = assignment.Next(Today);
            var from = step == last ? after : default;
            next = step switch
            {
                AssignmentStep.Place => await Placing.BatchAsync(work, assignment, upTo) ? default(Id) : null,
                AssignmentStep.Activate => await Activation.BatchAsync(work, assignment, from),
                AssignmentStep.GiveBack => await GivingBack.BatchAsync(work, assignment, from),
                _ => null,
            };
            if (step == AssignmentStep.Activate && next is null)
            {
                work.AfterCommit(c => split.RunAsync(assignment.AgencyId, default, c));
            }
        }, cancellation);
        return (step, next);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Assignment {Assignment} could not be carried on; the next sweep tries again")]
    private partial void LogFailure(Exception exception, Id assignment);
}

/// <summary>Carries out what large requests left for the background, one after the other.</summary>
internal sealed class AssignmentWorker(AssignmentSteps steps) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (bank, assignment) in steps.AskedAsync(stoppingToken))
            {
                await steps.TryAsync(bank, assignment, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped: what is left is found by the next sweep.
        }
    }
}

/// <summary>At start and every minute looks for terms that start today and for steps that were lost.</summary>
internal sealed class AssignmentSweep(AssignmentSteps steps, TimeProvider clock, ILogger<AssignmentSweep> log) : Sweep(TimeSpan.FromMinutes(1), clock, log)
{
    internal override Task RunAsync(CancellationToken cancellation) => steps.SweepAsync(cancellation);
}
