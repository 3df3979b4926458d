using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Accounts;

/// <summary>The ledgers of all accounts in one list: for an agency those it has open cases for.</summary>
public sealed class LedgerListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task It_is_every_accounts_ledger_one_after_another(int limit)
    {
        // More accounts than an agency's are read at a time.
        await using var story = await Story.AtCasesAsync(limit == 1 ? 3 : 70);
        await story.PayAsync(700);
        List<LedgerEntry> expected = [];
        foreach (var account in (await story.Harbour.AllAccountsAsync()).Select(account => account.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal))
        {
            expected.AddRange(await story.LedgerAsync(account));
        }

        Assert.Equal((story.Cases.Count * 3) + 2, expected.Count);
        foreach (var side in (Side[])[story.Harbour, story.Swift])
        {
            var all = await side.LedgerEntries.ListAsync(pageSize: limit).ToListAsync();
            Assert.Equal(expected.Select(entry => (entry.Id, entry.AccountId, entry.AccountNumber, entry.Amount.Amount)), all.Select(entry => (entry.Id, entry.AccountId, entry.AccountNumber, entry.Amount.Amount)));
            Assert.Equal(5, (await side.LedgerEntries.ListPageAsync(1000, accountNumber: "A-1")).Items.Count);
            Assert.Empty((await side.LedgerEntries.ListPageAsync(accountNumber: "B-1")).Items);
        }
    }

    [Fact]
    public async Task An_account_leaves_the_agencys_list_with_its_case_and_was_never_in_anothers()
    {
        await using var story = await Story.AtCasesAsync(3);

        await story.RecallAsync(story.Cases["A-2"]);

        Assert.Equal(["A-1", "A-3"], (await story.Swift.LedgerEntries.ListPageAsync()).Items.Select(entry => entry.AccountNumber).Distinct().Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Empty((await story.Swift.LedgerEntries.ListPageAsync(accountNumber: "A-2")).Items);
        Assert.Equal(9, (await story.Harbour.LedgerEntries.ListPageAsync()).Items.Count);
        Assert.Empty((await story.Summit.LedgerEntries.ListPageAsync()).Items);
        Assert.Empty((await story.Lantern.LedgerEntries.ListPageAsync()).Items);
    }
}
