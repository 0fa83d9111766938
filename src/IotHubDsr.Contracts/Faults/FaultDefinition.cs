using System.Globalization;

namespace IotHubDsr;

/// <summary>An entry of the <see cref="FaultCatalogue"/>.</summary>
/// <param name="Id">Stable PascalCase name.</param>
/// <param name="Category">Category.</param>
/// <param name="Text">Message; <c>{0}</c> is the target, <c>{1}</c> and up are particulars.</param>
/// <param name="RecommendedAction">What a person can do; the same placeholders.</param>
public sealed record FaultDefinition(string Id, FaultCategory Category, string Text, string RecommendedAction)
{
    /// <summary>The failure of one target.</summary>
    /// <param name="target">What it happened to; never a secret.</param>
    /// <param name="particulars">Values for the placeholders from <c>{1}</c> on; never secrets.</param>
    public Fault For(string target, params object?[] particulars)
    {
        object?[] values = [target, .. particulars];
        return new Fault(
            Id,
            Category,
            target,
            string.Format(CultureInfo.InvariantCulture, Text, values),
            string.Format(CultureInfo.InvariantCulture, RecommendedAction, values)
        );
    }

    /// <summary>The failure of one target, to be thrown when nothing else of the operation can succeed.</summary>
    /// <param name="target">What it happened to; never a secret.</param>
    /// <param name="particulars">Values for the placeholders from <c>{1}</c> on; never secrets.</param>
    public DsrException Exception(string target, params object?[] particulars) => new(For(target, particulars));
}
