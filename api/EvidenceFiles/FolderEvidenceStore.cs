using System.Runtime.CompilerServices;
using Agency.Api.Data;

namespace Agency.Api.EvidenceFiles;

/// <summary>Evidence in the data folder, a file each. One is written under another name and then moved, so that none is ever half there.</summary>
internal sealed class FolderEvidenceStore(DataFolder folder) : IEvidenceStore
{
    private const string Suffix = ".evidence";

    public async Task PutAsync(Id id, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.File("evidence"));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var part = PathOf(id) + ".part";
        await using (var file = new FileStream(part, options))
        {
            await file.WriteAsync(sealed_, cancellation);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        File.Move(part, PathOf(id));
    }

    public async Task<byte[]?> FindAsync(Id id, CancellationToken cancellation) =>
        File.Exists(PathOf(id)) ? await File.ReadAllBytesAsync(PathOf(id), cancellation) : null;

    public Task DeleteAsync(Id id, CancellationToken cancellation)
    {
        if (Directory.Exists(folder.File("evidence")))
        {
            File.Delete(PathOf(id));
            File.Delete(PathOf(id) + ".part");
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<Id> KeptBeforeAsync(DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var file in new DirectoryInfo(folder.File("evidence")) is { Exists: true } kept ? kept.EnumerateFiles() : [])
        {
            cancellation.ThrowIfCancellationRequested();
            if (file.LastWriteTimeUtc < instant.UtcDateTime && Id.TryRead(file.Name.Split('.')[0], out var id))
            {
                yield return id;
            }
        }
    }

    private string PathOf(Id id) => folder.File("evidence", id + Suffix);
}
