using System.Management.Automation;

namespace IotHubDsr.Module.Tests;

/// <summary>What every error of the module has to be.</summary>
internal static class ErrorRules
{
    /// <summary>Checks that all errors are catalogued ones that say what to do, and that they have exactly these IDs.</summary>
    public static void AssertOnly(this ModuleOutcome outcome, params string[] ids)
    {
        Assert.Equal(ids.Order(StringComparer.Ordinal), outcome.ErrorIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(outcome.Errors, AssertCatalogued);
    }

    private static void AssertCatalogued(ErrorRecord error)
    {
        Assert.NotEqual(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
        Assert.Matches("^[A-Z][A-Za-z]+,IotHubDsr\\.Commands\\.", error.FullyQualifiedErrorId);
        Assert.False(
            string.IsNullOrWhiteSpace(error.ErrorDetails?.RecommendedAction),
            $"{error.FullyQualifiedErrorId} says nothing of what to do."
        );
        Assert.NotNull(error.TargetObject);
        Assert.DoesNotContain("{0}", $"{error}", StringComparison.Ordinal);
    }
}
