using System.Globalization;

namespace IotHubDsr.Core.Azure.Blobs;

/// <summary>
/// What an account keeps of containers that were deleted under the name of one: a container that is made again does not show what can be
/// restored.
/// </summary>
/// <param name="IsMissing">Whether the container does not exist now.</param>
/// <param name="Until">Until when the last of them can be restored; null when there is none.</param>
/// <param name="IsKnown">Whether the account could be asked.</param>
internal sealed record FormerContainers(bool IsMissing, DateTimeOffset? Until, bool IsKnown = true)
{
    /// <summary>A sentence about them, without a full stop; null when there is nothing to say.</summary>
    public string? Ground =>
        (IsMissing, Until) switch
        {
            (true, { } until) => string.Create(
                CultureInfo.InvariantCulture,
                $"the container was deleted and can be restored, with all its content, until {until:yyyy-MM-dd}"
            ),
            (false, { } until) => string.Create(
                CultureInfo.InvariantCulture,
                $"an earlier container of this name was deleted and can be restored until {until:yyyy-MM-dd}"
            ),
            _ when !IsKnown =>
                "whether an earlier container of this name can be restored is unknown, as the account's deleted containers could not be "
                    + "listed",
            _ => null,
        };

    /// <summary>
    /// Asks the account. Where the container is missing it has to answer: what cannot be asked after is not gone. Where it exists, an
    /// account may refuse the question to someone who may read the container alone.
    /// </summary>
    /// <exception cref="DsrException">The container is missing, and the account does not tell whether it can be restored.</exception>
    public static async Task<FormerContainers> ReadAsync(BlobContainerAccess container, bool isMissing, CancellationToken cancellationToken)
    {
        try
        {
            return new FormerContainers(isMissing, await container.RestorableUntilAsync(cancellationToken));
        }
        catch (DsrException) when (!isMissing)
        {
            return new FormerContainers(isMissing, Until: null, IsKnown: false);
        }
    }
}
