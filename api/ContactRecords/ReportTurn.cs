using System.Text.Json;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.ContactRecords;

/// <summary>
/// Contacts with one debtor are reported one after the other, whichever agency reports them: what is counted for the frequency rules
/// stays true until the record is written. It is the first thing a report does. On SQLite there is one writer, whose turn it is anyway.
/// </summary>
internal static class ReportTurn
{
    // The lock on the assignment is shared: reports do not wait for one another by it, but who ends the assignment waits for them.
    private static readonly Sql HoldAssignments = new(
        """
        SELECT c.bank_id, c.debtor_id
        FROM OPENJSON(@ids) WITH (value char(32) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN [case] AS c ON c.agency_id = @tenant AND c.id = CONVERT(binary(16), v.value, 2)
        INNER JOIN assignment AS s WITH (REPEATABLEREAD) ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        """,
        """
        SELECT c.bank_id, c.debtor_id
        FROM json_each(@ids) AS v
        CROSS JOIN [case] AS c ON c.agency_id = @tenant AND c.id = unhex(v.value)
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        """);

    // No row is there to lock: a late reporter sees no debtor any more, and an agency never the rows of another. The wait is the session's.
    // Called by a variable, since the model that statements are bound against knows no procedures of the system.
    private static readonly Sql Take = new(
        """
        DECLARE @taken int, @procedure nvarchar(60) = N'sys.sp_getapplock';
        EXECUTE @taken = @procedure @Resource = @name, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
        IF @taken < 0
            THROW 51222, 'The turn to report on a debtor did not come in time.', 1;
        """,
        "SELECT @name");

    /// <summary>Waits for the turn on the debtors of these cases, until the transaction ends.</summary>
    public static async Task TakeAsync(Work work, IEnumerable<Id> cases, CancellationToken cancellation)
    {
        if (work.Db.HasOneWriter)
        {
            return;
        }

        // In one order for all, so that no two wait for each other.
        var ids = JsonSerializer.Serialize(cases.Distinct().Order().Select(Tenure.Hex));
        var debtors = await work.Db.ListAsync<Debtor>(HoldAssignments, new { tenant = work.Tenant, ids }, cancellation);
        await work.Db.ExecuteAsync(Take, debtors.Distinct().OrderBy(debtor => debtor.BankId).ThenBy(debtor => debtor.DebtorId).Select(debtor => new { name = debtor.Name }).ToList(), cancellation);
    }

    private sealed record Debtor(int BankId, Id DebtorId)
    {
        public string Name => $"{BankId}/{Tenure.Hex(DebtorId)}";
    }
}
