-- The audit trail hides the secrets of an address too: its password, and its parameters that are named like a secret.
CREATE OR REPLACE FUNCTION "scheduler_mask_secrets"("value" jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'object' THEN (
      SELECT coalesce(jsonb_object_agg(entry.key, CASE
        WHEN entry.key ~* 'token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key'
          THEN '"***"'::jsonb
        ELSE scheduler_mask_secrets(entry.value)
      END), '{}'::jsonb)
      FROM jsonb_each(value) AS entry
    )
    WHEN 'array' THEN (
      SELECT coalesce(jsonb_agg(scheduler_mask_secrets(item.value) ORDER BY item.place), '[]'::jsonb)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS item(value, place)
    )
    WHEN 'string' THEN to_jsonb(regexp_replace(
      regexp_replace(value #>> '{}', '(://[^\s/?#:@]*:)[^\s/?#]+(?=@)', '\1***', 'g'),
      '((?:^|[?&#])[^\s=&#?]*(?:token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key)[^\s=&#?]*=)[^\s&#]+',
      '\1***', 'gi'))
    ELSE value
  END;
END
$$;
