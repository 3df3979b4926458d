using Agency.Api.Accounts;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>
/// What is left to do after an assignment was rejected, voided or recalled: its cases end, in batches, and its accounts can be
/// assigned again, or are resolved if they were sold. The agency lost sight of them all before, with the request itself.
/// </summary>
internal static class GivingBack
{
    private static readonly Sql OpenCases = new("""
        SELECT TOP (@take) id, account_id
        FROM [case]
        WHERE bank_id = @bank AND assignment_id = @assignment AND id > @after AND ended_at IS NULL
        ORDER BY id
        """);

    private static readonly Sql Reserved = new("""
        SELECT TOP (@take) a.id
        FROM account AS a WITH (UPDLOCK, HOLDLOCK)
        WHERE a.bank_id = @bank AND a.assignment_id = @assignment AND a.state = 'eligible'
        ORDER BY a.id
        """);

    private static readonly Sql GiveBack = new("""
        UPDATE account
        SET state = @state, resolution = @resolution, assignment_id = NULL, changed_at = @now
        WHERE bank_id = @bank AND assignment_id = @assignment AND id <= @upTo AND state = 'eligible'
        """);

    private static readonly Sql Release = new("UPDATE assignment SET released_at = @now WHERE bank_id = @bank AND id = @assignment");

    /// <summary>Ends the next cases; after the last, gives back the accounts that never got one.</summary>
    /// <returns>The last case that was looked at, to go on after; null when nothing is left to do.</returns>
    public static async Task<Id?> BatchAsync(Work work, Standing assignment, Id after)
    {
        var bank = work.Tenant;
        var cases = await work.Db.ListAsync<CaseRow>(OpenCases, new { bank, assignment = assignment.Id, after, take = AssignmentSteps.Batch });
        if (cases is [.., var lastCase])
        {
            foreach (var row in cases)
            {
                await EndAsync(work, assignment, row);
            }

            return lastCase.Id;
        }

        var accounts = await work.Db.ListAsync<Id>(Reserved, new { bank, assignment = assignment.Id, take = AssignmentSteps.Batch });
        if (accounts is [.., var last])
        {
            var (state, resolution) = assignment.IsSold ? (AccountState.Resolved, Words.Of(Resolution.Sold)) : (AccountState.Eligible, null);
            await work.Db.ExecuteAsync(GiveBack, new { bank, assignment = assignment.Id, upTo = last, state = Words.Of(state), resolution, now = work.Now });
            return after;
        }

        await work.Db.ExecuteAsync(Release, new { bank, assignment = assignment.Id, now = work.Now });
        await work.AuditAsync("assignment.released", assignment.Id);
        await work.EmitAsync(new("assignment.released", assignment.Id, bank, assignment.AgencyId));
        return null;
    }

    // The account first, as confirming money does: the other way round the two would wait for each other.
    private static async Task EndAsync(Work work, Standing assignment, CaseRow row)
    {
        _ = await LockedAccount.ReadAsync(work, row.AccountId);
        if (await Cases.Ending.FindOpenAsync(work, row.AccountId) is not { } open || open.Id != row.Id)
        {
            return;
        }

        await Cases.Ending.EndAsync(work, open, CaseState.Recalled, assignment.EndReason ?? Words.Of(RecallReason.PlacedInError), assignment.EndedAt);
        await (assignment.IsSold ? Ledger.ResolveAsync(work, row.AccountId, Resolution.Sold) : Ledger.ReleaseAsync(work, row.AccountId));
    }

    private sealed record CaseRow(Id Id, Id AccountId);
}
