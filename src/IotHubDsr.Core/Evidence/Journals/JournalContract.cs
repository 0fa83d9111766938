using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// How lines of a journal are written and read. A member that has no default and is never null must be there: members that were added later
/// have a default, so that older journals are read.
/// </summary>
internal static class JournalContract
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
            MaxDepth = 16,

            // Canonical form sorts the members: what says the type is not the first.
            AllowOutOfOrderMetadataProperties = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireMembers } },
        };

    private static void RequireMembers(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo member in type.Properties)
        {
            if (member.AssociatedParameter is { HasDefaultValue: false } parameter && !IsOptional(parameter))
                member.IsRequired = true;
        }
    }

    private static bool IsOptional(JsonParameterInfo parameter) =>
        parameter.ParameterType.IsValueType ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null : parameter.IsNullable;
}
